// The clock of the pictures stands still, so that they are the same on any day; a scene moves it where the page must see time pass.

export const moment = Date.parse("2026-11-22T02:42:31.400Z"); // 10:42:31 where the line stands

/** Lets the page see so many ms since the pictures' moment. */
export const pass = (page, ms) => page.clock.setFixedTime(moment + ms);
