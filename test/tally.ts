/** What has been declared and has run in this process; apart from suite.ts, since importing uvu early starts it. */
export const tally = { declared: 0, passed: 0, failed: 0 }
