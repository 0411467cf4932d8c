import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";

/** Colours with a meaning. Everything else uses the palette of Grafana. */
export const colour = { ok: "green", warning: "orange", critical: "red", neutral: "blue" } as const;

/** Time series whose name matches are red, because they count failures or lost data. */
export const failureSeries = "/error|fail|unhealthy|refuse|reject|drop|discard|evict|throttl|lost|5xx/i";

/** Every value has the same colour. */
export function fixedColour(color: string): dashboard.FieldColorBuilder {
    return new dashboard.FieldColorBuilder().mode(dashboard.FieldColorModeId.Fixed).fixedColor(color);
}
