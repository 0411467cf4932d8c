import { currentTypeOf, typeOf } from "./components";

/**
 * Mistakes in the order of a pipeline's processors.
 *
 * @param receivesFromOutside whether the pipeline has a receiver that is not a connector.
 */
export function processorOrderMistakes(processors: string[], receivesFromOutside: boolean): string[] {
    const types = processors.map(currentTypeOf);
    const given = processors.length === 0 ? "is missing" : `is ${JSON.stringify(processors)}`;
    return [
        ...(types[0] === "memory_limiter" || !receivesFromOutside
            ? []
            : [
                  `${given}; it must begin with memory_limiter, which rejects data before other processors use memory for it`,
              ]),
        ...processors.flatMap((name, index) => {
            const earlier = processors.slice(0, index).find((other) => mustPrecede(types[index] ?? "", other));
            return earlier === undefined ? [] : [`has "${name}" after "${earlier}"; it must be before "${earlier}"`];
        }),
    ];
}

function mustPrecede(type: string, later: string): boolean {
    const losesConnection = ["batch", "tail_sampling", "groupbytrace"].includes(currentTypeOf(later));
    return (
        // k8s_attributes needs the IP address of the connection, and resource needs the namespace that k8s_attributes adds.
        (type === "k8s_attributes" && (losesConnection || later === "resource")) ||
        // The batch processor confirms data to the sender at once, so memory_limiter cannot reject it later. Tail sampling must
        // decide before data is batched.
        (["memory_limiter", "tail_sampling"].includes(type) && typeOf(later) === "batch")
    );
}
