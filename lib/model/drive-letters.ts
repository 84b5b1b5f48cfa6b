/** The letters of a drive's number: 0 is a, 25 is z, 26 is aa. */
export function driveLetters(index: number): string {
  const rest = Math.floor(index / 26) - 1;
  return (rest < 0 ? '' : driveLetters(rest)) + String.fromCharCode(97 + (index % 26));
}

/** The number of a drive, from its letters; -1 if there are none. */
export function driveNumber(letters: string): number {
  let number = -1;
  for (let i = 0; i < letters.length; i++) number = (number + 1) * 26 + letters.charCodeAt(i) - 97;
  return number;
}
