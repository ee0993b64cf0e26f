export const commonEn = {
  showSecret: 'Show or hide what is typed',
  cancel: 'Cancel',
  close: 'Close',
  never: 'never',
  none: '–',
  details: 'Details',
  copyDetails: 'Copy details',
  copied: 'Copied',
  engineFolder: 'A folder on the machine on which Stillpoint’s engine runs.',
  actions: 'Actions',
  warning: 'Good to know',
}
