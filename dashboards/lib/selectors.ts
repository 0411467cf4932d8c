/** The labels that all signals share, as the variables of a dashboard fill them in. */
export const inCluster = 'cluster="$cluster"';
export const inNamespace = `${inCluster}, namespace=~"$namespace"`;

/** What applications send by OTLP, and the logs of all pods: in Loki, Mimir and Pyroscope. */
export const ofService = `${inNamespace}, service_name=~"$service"`;

/** Metrics that are made from spans call a service so. */
export const spansOfService = `${inNamespace}, service=~"$service"`;

/** The same in TraceQL; `more` is a further condition. */
export function spans(more?: string, service = true): string {
    const conditions = [
        'resource.cluster = "$cluster"',
        'resource.namespace =~ "$namespace"',
        ...(service ? ['resource.service.name =~ "$service"'] : []),
        ...(more === undefined ? [] : [more]),
    ];
    return `{ ${conditions.join(" && ")} }`;
}

/** A part of the stack by the job under which it is scraped. */
export function part(namespace: string, job: string): string {
    return `${inCluster}, namespace="${namespace}", job=~"${job}"`;
}
