// A moment as one says it: the hour for what is from today, the day as well for what is older.
import { dateTime, time } from "kit/format.js";

const TODAY_MS = 12 * 3600_000;

export const moment = (ms, now = Date.now()) => (now - ms < TODAY_MS ? time(ms) : dateTime(ms));
