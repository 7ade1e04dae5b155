/**
 * The most symbols of a table. A scan holds several tables of P³ numbers and takes time with P⁴: on one core
 * 1.8 s and 170 MB at P = 113, 9 s and 330 MB at 199, 48 s and 600 MB at 257, 132 s and 830 MB at 307, and four
 * networks are scanned.
 */
export const mostModulus = 257;
