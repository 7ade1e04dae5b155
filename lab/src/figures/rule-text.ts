/** A task in the signs of its field: "c = a + b (mod 31)". */
export function taskText(task: string, modulus: number): string {
  switch (task) {
    case 'add':
      return `c = a + b (mod ${modulus})`;
    case 'sub':
      return `c = a − b (mod ${modulus})`;
    case 'mul':
      return `c = a · b (mod ${modulus})`;
    case 'div':
      return `c = a / b (mod ${modulus})`;
    case 'xor':
      return 'c = a ⊕ b';
  }
  const linear = /^linear:(-?\d+),(-?\d+)$/.exec(task);
  if (linear !== null)
    return `c = ${linear[1]}a + ${linear[2]}b (mod ${modulus})`.replace('+ -', '− ');
  if (task.startsWith('product:')) return `c = a + b in Z${task.slice(8).replaceAll('x', '×Z')}`;
  return task;
}
