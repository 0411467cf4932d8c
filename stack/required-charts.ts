import { type ChartPin, pins } from "../components/helm/pins";
import { StoreMode } from "../components/mode";
import type { Settings } from "../settings/resolve";
import { optionalComponents } from "../validation/components";

/** The charts that a mirror folder must have: all, except those of optional components that the stack does not deploy, and of the other mode of Tempo. */
export function requiredCharts({ components, mode }: Pick<Settings, "components" | "mode">): ChartPin[] {
    const deployed: Record<string, boolean> = components;
    const isUnused = (key: string) => deployed[key] === false && optionalComponents.some((name) => name === key);
    const otherMode = mode.tempo === StoreMode.Distributed ? "tempo" : "tempoDistributed";
    return Object.entries(pins).flatMap(([key, pin]) => (isUnused(key) || key === otherMode ? [] : [pin]));
}
