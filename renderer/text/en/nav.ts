export const navEn = {
  overview: 'Overview',
  machines: 'Machines',
  files: 'Files',
  policies: 'Policies',
  activity: 'Activity',
  repositories: 'Repositories',
  hosts: 'Hosts',
  settings: 'Settings',
  /** For those who cannot see which number it is. */
  count: '{{count}} in all',
  running: '{{count}} under way',
  here: 'You are here',
}
