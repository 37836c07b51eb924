// Invariant: what is measured for placing and what is drawn use the same sizes, in pixels.
export const PIN = 22;
/** An open hospital where the whole region is small on screen. */
export const SMALL_PIN = 15;
export const NAME_PX = 12;
export const WORDS_PX = 11;
/** Kept free at each side for the controls and the note when marks line up along the edge. */
export const EDGE_ROOM = { left: 2, top: 2, right: 44, bottom: 32 };
