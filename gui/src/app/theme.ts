import { createTheme, type CSSVariablesResolver } from '@mantine/core';

/** The ground of messages in the dark: a hint of the colour, not a block of it. */
const ground = (colour: string) => `color-mix(in srgb, var(--mantine-color-${colour}-9) 25%, var(--mantine-color-dark-7))`;

const shade = { backgroundOpacity: 0.35 }; // over the page, below what is open

/** One scale of type (12, 13, 14, 16, 20), one of space (4, 8, 12, 16, 24) and one accent. */
export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 8, dark: 8 },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  spacing: { xs: '0.25rem', sm: '0.5rem', md: '0.75rem', lg: '1rem', xl: '1.5rem' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.25rem', lineHeight: '1.4' },
      h2: { fontSize: '1rem', lineHeight: '1.4' },
      h3: { fontSize: '0.875rem', lineHeight: '1.4' },
    },
  },
  components: {
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    Alert: { styles: { title: { color: 'var(--mantine-color-text)' } } },
    Anchor: { defaultProps: { inherit: true } },
    Badge: {
      defaultProps: { variant: 'light', tt: 'none', fw: 500, fz: 'xs' },
      vars: (_theme: unknown, { color = 'indigo' }: { color?: string }) => ({
        root: {
          '--badge-bg': `light-dark(var(--mantine-color-${color}-1), ${color === 'gray' ? 'var(--mantine-color-dark-4)' : `color-mix(in srgb, var(--mantine-color-${color}-9) 40%, transparent)`})`,
          '--badge-color': `light-dark(color-mix(in srgb, var(--mantine-color-${color}-9) 70%, black), var(--mantine-color-${color}-1))`,
        },
      }),
    },
    Button: { styles: { root: { fontWeight: 500 } } },
    Drawer: { defaultProps: { padding: 'lg', position: 'right', size: 720, overlayProps: shade } },
    Menu: { defaultProps: { shadow: 'md', position: 'bottom-end' } },
    Modal: { defaultProps: { centered: true, padding: 'lg', overlayProps: shade } },
    Popover: { styles: { dropdown: { maxWidth: 'calc(100vw - 1rem)', background: 'var(--mantine-color-body)', borderColor: 'var(--line)' } } },
    SpotlightRoot: { defaultProps: { overlayProps: { ...shade, blur: 0 } } },
    Switch: { defaultProps: { withThumbIndicator: false } },
    Table: { defaultProps: { horizontalSpacing: 'md' } },
    TableScrollContainer: { defaultProps: { type: 'native' } },
    Text: { defaultProps: { size: 'sm' } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
  },
});

/** Colours whose contrast in the library's own theme is too low for small text, or which lose their hue in the dark. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: { '--mantine-color-dimmed': '#5a6169', '--mantine-color-placeholder': '#6c737a', '--mantine-color-error': '#c92a2a' },
  dark: { '--mantine-color-dimmed': '#a6abb1', '--mantine-color-placeholder': '#959ba1', '--mantine-color-error': '#ff8787', '--mantine-color-anchor': '#91a7ff', '--mantine-color-indigo-light-color': '#91a7ff', '--mantine-color-red-light-color': '#ff8787', '--mantine-color-red-light': ground('red'), '--mantine-color-yellow-light': ground('yellow') },
});
