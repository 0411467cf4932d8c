import { instrumentationPin } from "../components/auto-instrumentation/values";
import { type ChartPin, pins } from "../components/helm/pins";
import { StoreMode } from "../components/mode";
import type { Settings } from "../settings/resolve";
import { optionalComponents } from "../validation/components";

/** The charts that a mirror folder must have: all, except those of optional components that the stack does not deploy, and of the other mode of Tempo. */
export function requiredCharts({
    components,
    mode,
    autoInstrumentation,
}: Pick<Settings, "components" | "mode" | "autoInstrumentation">): ChartPin[] {
    const instrumentation = [pins.beyla, pins.openTelemetryEbpf] as ChartPin[];
    const used = autoInstrumentation.enabled ? instrumentationPin(autoInstrumentation.kind) : undefined;
    const deployed: Record<string, boolean> = components;
    const isUnused = (key: string) => deployed[key] === false && optionalComponents.some((name) => name === key);
    const otherMode = mode.tempo === StoreMode.Distributed ? "tempo" : "tempoDistributed";
    return Object.entries<ChartPin>(pins)
        .filter(([key, pin]) => !isUnused(key) && key !== otherMode && (!instrumentation.includes(pin) || pin === used))
        .map(([, pin]) => pin);
}
