import { type ChartPin, pins } from "../components/helm/pins";
import type { Settings } from "../settings/resolve";
import { optionalComponents } from "../validation/components";

/** The charts that a mirror folder must have: all, except those of optional components that the stack does not deploy. */
export function requiredCharts({ components }: Pick<Settings, "components">): ChartPin[] {
    const deployed: Record<string, boolean> = components;
    const isUnused = (key: string) => deployed[key] === false && optionalComponents.some((name) => name === key);
    return Object.entries(pins).flatMap(([key, pin]) => (isUnused(key) ? [] : [pin]));
}
