import type { CollectorComponents } from "./components";
import { cycles, connectorsWithOneEnd, forwardToOtherSignal } from "./connectors";
import { sharedPorts } from "./ports";
import { invalidPipelines, missingExtensions, unusedComponents } from "./references";
import { exportsBeforeSampling, incompleteTailSampling } from "./tail-sampling";

export type { CollectorComponents } from "./components";

/** All mistakes in components and pipelines. Each sentence begins with the path of the key. */
export function pipelineMistakes(components: CollectorComponents): string[] {
    return [
        ...invalidPipelines(components),
        ...unusedComponents(components),
        ...connectorsWithOneEnd(components),
        ...forwardToOtherSignal(components),
        ...exportsBeforeSampling(components),
        ...cycles(components),
        ...missingExtensions(components),
        ...sharedPorts(components),
        ...incompleteTailSampling(components),
    ];
}
