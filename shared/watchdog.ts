/**
 * The program's one own argument: started with it, it is no console but the watchdog over a frozen guest. What to watch
 * follows it in the same word, so that no system takes an address for something to open.
 */
export const watchdogArgument = '--stillpoint-watchdog='
