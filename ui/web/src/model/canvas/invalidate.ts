/** What has to be drawn anew. Levels of one stage combine by or; one animation frame draws them all. */
export const NONE = 0;
export const PICTURE = 1; // the photograph
export const VECTORS = 2; // regions and their labels
export const OVERLAY = 4; // the shape under the finger, handles, loupe
export const FURNITURE = 8; // scale bar and percent button
export const CLOSE_UP = 16; // the side panel's view of one region
export const EVERYTHING = 31;

export type Level = number;
