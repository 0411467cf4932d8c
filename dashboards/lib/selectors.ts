/** Matchers of the labels that all signals share. The variables of the dashboard set their values. */
export const inCluster = 'cluster="$cluster"';
export const inNamespace = `${inCluster}, namespace=~"$namespace"`;

/** Matches signals that applications send by OTLP, and the logs of all pods, in Loki, Mimir and Pyroscope. */
export const ofService = `${inNamespace}, service_name=~"$service"`;

/**
 * The same in TraceQL.
 *
 * @param condition An additional condition.
 * @param byService Whether the variable `service` is used.
 */
export function spanSelector(condition?: string, byService = true): string {
    const conditions = [
        'resource.cluster = "$cluster"',
        'resource.namespace =~ "$namespace"',
        ...(byService ? ['resource.service.name =~ "$service"'] : []),
        ...(condition === undefined ? [] : [condition]),
    ];
    return `{ ${conditions.join(" && ")} }`;
}

/** Matches the metrics of a component of the stack by its scrape job, a regular expression. */
export function jobSelector(namespace: string, job: string): string {
    return `${inCluster}, namespace="${namespace}", job=~"${job}"`;
}
