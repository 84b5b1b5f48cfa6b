/** The exit status of mocha if its dom0 is lost: lab.ts then continues on another machine. */
export const exitLost = 75;
