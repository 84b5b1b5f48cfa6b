/** The status of mocha's process when its dom0 is lost: lab.ts boots another machine, and it goes on there. */
export const exitLost = 75;
