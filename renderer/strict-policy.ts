import * as z from 'zod/mini'

/**
 * Makes everything loaded after this file fit the page's content security policy. Must be imported first: the contract's
 * schemas are made when they are imported, and zod would otherwise try to compile them with `new Function`.
 */
z.config({ jitless: true })

/** The nonce that the host of this page put into it; styles made while the window runs carry it. */
export const styleNonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''

// The scroll lock behind modals adds a style tag of its own and looks for the nonce under this name.
Object.assign(globalThis, { __webpack_nonce__: styleNonce })
