import { type CSSVariablesResolver, createTheme, type MantineColorsTuple, Modal, Table } from '@mantine/core'

/** Slate greys for the dark side: text, dimmed text, marks, borders, raised surfaces, page. */
const slate: MantineColorsTuple = [
  '#d3d7df',
  '#bcc2cd',
  '#a2a9b7',
  '#8b93a3',
  '#3a404c',
  '#2d323c',
  '#242831',
  '#1a1d24',
  '#15181e',
  '#101217',
]

const fonts =
  'system-ui, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif'

export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 7, dark: 7 },
  colors: { dark: slate },
  fontFamily: fonts,
  headings: { fontFamily: fonts, fontWeight: '600' },
  fontFamilyMonospace:
    'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  defaultRadius: 'sm',
  respectReducedMotion: true,
  focusRing: 'auto',
  components: {
    Button: { defaultProps: { size: 'xs', fw: 550 } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    Modal: Modal.extend({
      defaultProps: {
        centered: true,
        size: 560,
        overlayProps: { backgroundOpacity: 0.45 },
        // A header outside of any section would be a second banner of the page.
        attributes: { header: { role: 'presentation' } },
      },
    }),
    Table: Table.extend({
      defaultProps: { verticalSpacing: 7, horizontalSpacing: 'sm', tabularNums: true, borderColor: 'var(--line)' },
    }),
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true, multiline: true, maw: 340, fz: 'xs' } },
  },
})

const filledRed = { '--mantine-color-red-filled': '#c92a2a', '--mantine-color-red-filled-hover': '#b32424' }

/** Mantine's own dimmed, placeholder, error, light-badge and filled red colours miss WCAG AA (4.5 : 1); mended here, once. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    ...filledRed,
    '--mantine-color-text': '#1c2029',
    '--mantine-color-dimmed': '#59616e',
    '--mantine-color-placeholder': '#69717e',
    '--mantine-color-error': 'var(--mantine-color-red-9)',
    '--mantine-color-default-border': '#cfd4dc',
    '--mantine-color-yellow-light-color': '#6b4400',
    '--mantine-color-orange-light-color': '#7d3400',
    '--mantine-color-teal-light-color': '#04573d',
    '--mantine-color-red-light-color': '#8f1a1a',
    '--mantine-color-gray-light-color': '#343a46',
    '--mantine-color-disabled-color': '#69717e',
    '--surface': '#ffffff',
    '--canvas': '#f6f7f9',
    '--line': '#e1e4ea',
    '--hover': '#f2f4f8',
    '--chosen': '#e8edfd',
    '--chosen-text': '#2f47b8',
  },
  dark: {
    ...filledRed,
    '--mantine-color-dimmed': 'var(--mantine-color-dark-2)',
    '--mantine-color-placeholder': 'var(--mantine-color-dark-3)',
    '--mantine-color-error': 'var(--mantine-color-red-4)',
    '--mantine-color-anchor': 'var(--mantine-color-indigo-3)',
    '--mantine-color-red-light': '#3c1d22',
    '--mantine-color-red-light-color': '#ffc4c4',
    '--mantine-color-yellow-light': '#352a14',
    '--mantine-color-yellow-light-color': '#ffdf9e',
    '--mantine-color-teal-light': '#12332b',
    '--mantine-color-teal-light-color': '#9af0d3',
    '--mantine-color-gray-light-hover': 'var(--mantine-color-dark-5)',
    '--mantine-color-gray-light-color': 'var(--mantine-color-dark-0)',
    '--mantine-color-disabled-color': 'var(--mantine-color-dark-3)',
    '--surface': 'var(--mantine-color-dark-7)',
    '--canvas': 'var(--mantine-color-dark-8)',
    '--line': '#2b3039',
    '--hover': '#20242c',
    '--chosen': '#252d49',
    '--chosen-text': '#c5d0ff',
  },
})
