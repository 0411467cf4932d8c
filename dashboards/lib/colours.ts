/** Colours that mean something. Everything else has Grafana's own palette. */
export const colour = { good: "green", warning: "orange", bad: "red", plain: "blue" } as const;

/** Series that tell of a loss are red wherever they are drawn. */
export const lossSeries = "/error|fail|refuse|reject|drop|discard|evict|throttl|lost|5xx/i";
