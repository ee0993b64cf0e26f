/** Half-open byte range `[start, end)`. */
export type Extent = { readonly start: number; readonly end: number }

/** Sorted, disjoint, never touching. Every function here takes and gives extents in this form. */
export type Extents = readonly Extent[]
