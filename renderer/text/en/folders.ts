export const foldersEn = {
  browse: 'Browse…',
  title: 'Choose a folder',
  where: 'Folders on the machine on which Stillpoint’s engine runs. Enter opens a folder, Backspace goes up.',
  up: 'Up one folder',
  list: 'Folders in {{folder}}',
  none: 'No folders in here.',
  loading: 'Looking…',
  choose: 'Choose this folder',
}
