/** The letters of a drive's number: 0 is a, 25 is z, 26 is aa. */
export function driveLetters(index: number): string {
  const rest = Math.floor(index / 26) - 1;
  return (rest < 0 ? '' : driveLetters(rest)) + String.fromCharCode(97 + (index % 26));
}

/** The number of a drive, from its letters. */
export const driveNumber = (letters: string): number =>
  [...letters].reduce((index, letter) => (index + 1) * 26 + letter.charCodeAt(0) - 97, -1);
