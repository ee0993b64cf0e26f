export const wizardEn = {
  steps: 'Steps',
  ready: 'Complete',
  lacking: 'Something is missing',
  back: 'Back',
  next: 'Next',
  discardTitle: 'Leave without saving?',
  discardText: 'What you entered here is lost when you leave.',
  keep: 'Stay here',
  discard: 'Leave',
}
