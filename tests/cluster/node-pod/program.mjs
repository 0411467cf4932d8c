// Runs with the privileges of the node, in its process namespace. Kills the main process of a container, and fills its volumes.
import * as fs from "node:fs";
import { createServer } from "node:http";
import process from "node:process";
import { URL } from "node:url";

const chunk = new Uint8Array(1 << 20);

/** The process that has the number 1 in its container. */
function mainProcess(containerId) {
    const pid = fs.readdirSync("/proc").find((name) => {
        try {
            return (
                /^\d+$/.test(name) &&
                fs.readFileSync(`/proc/${name}/cgroup`, "utf8").includes(containerId) &&
                /^NSpid:.*\t1$/m.test(fs.readFileSync(`/proc/${name}/status`, "utf8"))
            );
        } catch {
            return false; // the process ended
        }
    });
    if (pid === undefined) {
        throw new Error(`there is no process of container ${containerId}`);
    }
    return Number(pid);
}

/** Writes a file until the volume is full. Does nothing if the volume is larger than expected, for example if it is a folder of the node. */
function fill(containerId, folder, maximumBytes) {
    const path = `/proc/${mainProcess(containerId)}/root${folder}`;
    const { blocks, bsize } = fs.statfsSync(path);
    const capacity = blocks * bsize;
    let written = 0;
    if (capacity > maximumBytes) {
        return { capacity, written };
    }
    const file = fs.openSync(`${path}/fill`, "w");
    try {
        for (;;) {
            const size = fs.writeSync(file, chunk);
            written += size;
        }
    } catch (error) {
        if (error.code !== "ENOSPC") {
            throw error;
        }
    } finally {
        fs.closeSync(file);
    }
    return { capacity, written };
}

const actions = {
    "/kill": ({ container }) => {
        const pid = mainProcess(container);
        process.kill(pid, "SIGKILL");
        return { pid };
    },
    "/fill": ({ container, folder, maximumBytes }) => fill(container, folder, Number(maximumBytes)),
    "/free": ({ container, folder }) => {
        fs.rmSync(`/proc/${mainProcess(container)}/root${folder}/fill`);
        return {};
    },
};

createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://node");
    try {
        response.end(JSON.stringify(actions[pathname]?.(Object.fromEntries(searchParams)) ?? {}));
    } catch (error) {
        response.writeHead(500).end(error.message);
    }
}).listen(8080);

process.on("SIGTERM", () => process.exit(0));
