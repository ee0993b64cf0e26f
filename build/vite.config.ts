import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/**
 * The renderer's build: `dist/renderer`, plain files that any host can serve.
 *
 * Every tag of the built `index.html` that needs one carries the nonce `__CSP_NONCE__`; whoever serves the page replaces
 * that word, in each answer, with the nonce of the answer's own content security policy.
 */
export default defineConfig({
  root: fileURLToPath(new URL('../renderer', import.meta.url)),
  base: './',
  plugins: [react()],
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    outDir: fileURLToPath(new URL('../dist/renderer', import.meta.url)),
    emptyOutDir: true,
    // Electron's page and the Debian tests run the same Chromium generation; nothing older is promised.
    target: 'chrome140',
    // Inlined assets would be data: addresses, which the policy does not allow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2048,
  },
})
