/** What hash.cpp prints for every processor, and pinned-bits.test.ts finds. */
export const pinnedHash = 'fbf84465e5b8605f';
