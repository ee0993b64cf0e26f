import type { GuestTime } from '../guest.ts'

/**
 * MS-DOS's date and time, `hundredths` of two seconds, and the quarters of an hour by which the clock was ahead of UTC. Undefined for
 * what is no moment, zero above all.
 */
export function dosTime(date: number, time: number, hundredths: number, quarters: number): GuestTime | undefined {
  const [year, month, day] = [1980 + (date >> 9), (date >> 5) & 15, date & 31]
  const [hour, minute, second] = [time >> 11, (time >> 5) & 63, (time & 31) * 2]
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59 || hundredths > 199)
    return undefined
  const midnight = Date.UTC(year, month - 1, day)
  if (new Date(midnight).getUTCDate() !== day) return undefined
  const ms = midnight + ((hour * 60 + minute) * 60 + second) * 1000 + hundredths * 10 - quarters * 15 * 60_000
  return BigInt(ms) * 1_000_000n
}
