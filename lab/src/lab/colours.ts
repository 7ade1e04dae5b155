/** Colours of lines that stand for runs or groups, apart for colour-blind eyes; style/lab.css has their values. */
const lineColours = [
  '--line-1',
  '--line-2',
  '--line-3',
  '--line-4',
  '--line-5',
  '--line-6',
  '--line-7',
  '--line-8',
] as const;

export const colourOf = (index: number) => lineColours[index % lineColours.length];

/** Beyond the colours, dashes tell lines apart. */
export const dashOf = (index: number): number[] =>
  [[], [7, 4], [2, 3], [9, 3, 2, 3]][Math.floor(index / lineColours.length) % 4];
