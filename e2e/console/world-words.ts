/** A fixed now, so that relative times and pictures stay the same. */
export const now = Date.UTC(2026, 10, 22, 8, 30, 0)
export const minute = 60_000
export const hour = 60 * minute

export const kvm = '11111111-1111-4111-8111-111111111111'
export const images = '22222222-2222-4222-8222-222222222222'
export const away = '33333333-3333-4333-8333-333333333333'
export const repositoryId = 'a'.repeat(32)

export function machineId(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
}

export function pointId(number: number): string {
  return String(number).padStart(32, '0')
}
