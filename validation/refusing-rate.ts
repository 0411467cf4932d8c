/** Rate limit of each tenant, in bytes per second, with which Tempo refuses all spans. Tempo treats 0 as its default. */
export const refusingRateBytes = 1;
