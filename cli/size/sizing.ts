import type { Settings } from "../../settings/resolve";
import type { Load, Shape } from "../../settings/sizing/load";
import { configuredResources } from "../../settings/sizing/resources";
import { shapeOf, type SizedComponent, sizedComponents, stackNeed, type StackNeed } from "../../settings/sizing/stack";
import { charts, type Finding, findings, isSized } from "./findings";
import { type LargestPod, type ScaledComponent, smallestShape } from "./shape";

/** The size of a stack for a load, and how the stack as configured differs from it. */
export interface Sizing {
    stack: string;
    load: Load;
    /** Components that the stack deploys, and that the load concerns. */
    components: SizedComponent[];
    shape: Shape;
    need: StackNeed;
    findings: Finding[];
    cost: Cost;
}

/** Cost of all requests and volumes of the stack for a month. */
export interface Cost {
    currency: string;
    before: number;
    after: number;
    notes: string[];
}

/**
 * Computes the size of a stack.
 *
 * @throws SizeError if the load is larger than the formulas know.
 */
export function sizeOf(settings: Settings, load: Load): Omit<Sizing, "stack" | "cost"> {
    const shape = smallestShape(load, shapeOf(settings), largestPods(settings));
    const need = stackNeed(load, shape);
    return {
        load,
        components: sizedComponents.filter((component) => isSized(settings, load, component)),
        shape,
        need,
        findings: findings(settings, load, shape, need),
    };
}

/** The largest pod of each component that can have more replicas. */
export function largestPods(settings: Settings): Record<ScaledComponent, LargestPod> {
    return Object.fromEntries(
        Object.entries(charts).map(([component, chart]) => [component, largestPod(settings, chart)]),
    ) as Record<ScaledComponent, LargestPod>;
}

/** Limits of a pod with the profile prod, or in the Helm values of the stack. A component gets more replicas before its pods get larger. */
function largestPod({ values, mode }: Settings, component: SizedComponent): LargestPod {
    const { cpuLimit = Infinity, memoryLimit = Infinity } = configuredResources(
        { profile: "prod", values, mode },
        component,
    );
    return { cpu: cpuLimit, memory: memoryLimit };
}
