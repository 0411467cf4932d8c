import { PassThrough, Readable } from "stream";
import { buffer } from "stream/consumers";
import { Exec, type V1Status } from "@kubernetes/client-node";
import { callApi, ClusterError } from "./api";
import type { Cluster } from "./kubeconfig";

/** A container of a pod. */
export interface Container {
    namespace: string;
    pod: string;
    container: string;
}

/**
 * Runs a command in a container and returns its output. The input is not closed at its end, so the command must know how much it reads.
 *
 * @throws ClusterError if the command cannot be started.
 * @throws Error with the end of its error output if it fails.
 */
export async function execInPod(
    cluster: Cluster,
    { namespace, pod, container }: Container,
    command: string[],
    input?: Buffer,
): Promise<Buffer> {
    const [output, errors] = [new PassThrough(), new PassThrough()];
    const collected = Promise.all([buffer(output), buffer(errors)]);
    let report: (status: V1Status) => void = () => undefined;
    const ended = new Promise<V1Status>((resolve) => (report = resolve));
    const stdin = input === undefined ? null : Readable.from(chunksOf(input));
    const socket = await callApi(
        cluster,
        `run ${command[0]} in pod ${pod}`,
        new Exec(cluster.config).exec(namespace, pod, container, command, output, errors, stdin, false, report),
    );
    const closed = new Promise<never>((_, reject) => {
        // The status arrives before the connection is closed.
        socket.on("close", () =>
            setTimeout(() => reject(new ClusterError(`the connection to pod ${pod} was closed`)), 1000),
        );
    });
    const { status, message = "" } = await Promise.race([ended, closed]);
    output.end();
    errors.end();
    const [stdout, stderr] = await collected;
    if (status !== "Success") {
        throw new Error(`${command.join(" ")} in pod ${pod} failed: ${stderr.toString().trim() || message}`);
    }
    return stdout;
}

function* chunksOf(data: Buffer): Generator<Buffer> {
    const size = 64 * 1024;
    for (let offset = 0; offset < data.length; offset += size) {
        yield data.subarray(offset, offset + size);
    }
}
