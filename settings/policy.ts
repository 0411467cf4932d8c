import { k6Image } from "../components/load-monitor/config";
import {
    defaultImages,
    distributedLokiImages,
    distributedMimirImages,
    distributedPyroscopeImages,
    distributedTempoImages,
    openTelemetryEbpfImage,
    scriptImage,
    redpandaConsoleImage,
} from "../components/helm/images";
import { StoreMode } from "../components/mode";
import { isInRegistry } from "../validation/policy";
import { stackComponents } from "../validation/components";
import { absentComponents } from "./components";
import type { Mistake, Rule } from "./rule";
import type { CheckedSettings } from "./schema";

/** The settings that decide which images a stack uses. */
const decideImages = [
    "components",
    "external",
    "objectStore.kind",
    "mode",
    "loadMonitor.enabled",
    "alerting.receivers",
    "autoInstrumentation",
    "redpanda.console",
];

/** Rules about what the policy pack requires. */
export const policyRules: Rule[] = [
    {
        reads: ["policy.allowedRegistries", "images.registry", ...decideImages],
        conditions: decideImages,
        mistakes: allowedRegistries,
    },
];

/** An allowed registry that does not hold the images of the stack. Every pod would violate the policy. */
function allowedRegistries(settings: CheckedSettings): Mistake[] {
    const { policy, images } = settings;
    const allowed = policy.allowedRegistries;
    const isAllowed = (name: string) => allowed?.some((registry) => isInRegistry(name, registry)) ?? true;
    if (images.registry !== undefined) {
        return isAllowed(images.registry)
            ? []
            : [
                  mistake(
                      `does not contain images.registry, which is "${images.registry}"; add it, or set images.registry to a registry in the list`,
                  ),
              ];
    }
    const absent = absentComponents(settings);
    const used = stackComponents.filter((component) => !absent.includes(component));
    const hasSecretReceiver = settings.alerting.receivers.some(({ existingSecret }) => existingSecret !== undefined);
    const runsScripts = used.includes("tempo") || (used.includes("mimir") && hasSecretReceiver);
    const usedImages = [
        ...used.map((component) =>
            component === "autoInstrumentation" && settings.autoInstrumentation.kind === "opentelemetry"
                ? openTelemetryEbpfImage
                : defaultImages[component],
        ),
        ...(settings.mode.loki === StoreMode.Distributed ? distributedLokiImages : []),
        ...(used.includes("mimir") && settings.mode.mimir === StoreMode.Distributed ? distributedMimirImages : []),
        ...(runsScripts ? [scriptImage] : []),
        ...(used.includes("redpanda") && settings.redpanda.console ? [redpandaConsoleImage] : []),
        ...(settings.loadMonitor.enabled ? [`${k6Image.registry}/${k6Image.repository}`] : []),
        ...(settings.mode.tempo === StoreMode.Distributed ? distributedTempoImages : []),
        ...(settings.mode.pyroscope === StoreMode.Distributed ? distributedPyroscopeImages : []),
    ];
    const outside = [...new Set(usedImages)].filter((image) => !isAllowed(image));
    return outside.length === 0
        ? []
        : [
              mistake(
                  `does not hold ${outside.join(", ")}; add their registries, or copy the images with \`npm run mirror\` and set images.registry`,
              ),
          ];
}

function mistake(message: string): Mistake {
    return { path: ["policy", "allowedRegistries"], message, sentence: true };
}
