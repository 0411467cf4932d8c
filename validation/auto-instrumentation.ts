/** The same metric of Beyla and of OpenTelemetry eBPF Instrumentation (OBI), of which a stack has one. @param expr PromQL for the prefix of the metric. */
export function ofKinds(expr: (prefix: string) => string): string {
    return `(${expr("beyla")} or ${expr("obi")})`;
}

/** A mistake in the selection of instrumented processes: the key, and the end of the sentence. */
export interface InstrumentationMistake {
    key: "namespaces" | "excludeNamespaces";
    message: string;
}

/**
 * Checks which namespaces are instrumented.
 *
 * @param own the namespace of the stack, which is never instrumented.
 */
export function instrumentationMistakes(
    {
        namespaces,
        excludeNamespaces = [],
    }: { namespaces?: string[] | undefined; excludeNamespaces?: string[] | undefined },
    own: string,
): InstrumentationMistake[] {
    const both = (namespaces ?? []).filter((name) => excludeNamespaces.includes(name));
    return [
        ...(namespaces?.length === 0
            ? [
                  {
                      key: "namespaces" as const,
                      message: "is empty; remove it to instrument all namespaces, or list at least one",
                  },
              ]
            : []),
        ...(namespaces?.includes(own)
            ? [
                  {
                      key: "namespaces" as const,
                      message: `contains ${JSON.stringify(own)}, the namespace of the stack; remove it, because each span that the stack stores would create further spans`,
                  },
              ]
            : []),
        ...(both.length > 0
            ? [
                  {
                      key: "excludeNamespaces" as const,
                      message: `contains ${both.map((name) => JSON.stringify(name)).join(", ")}, which namespaces also contains; remove it from one of them`,
                  },
              ]
            : []),
    ];
}
