/** A queue of the collector on disk, and an outage of what it sends to. */
export interface Outage {
    /** Bytes that the queue accepts before the collector rejects data. */
    capacity: number;
    /** Bytes per second that senders send, also after the outage. */
    received: number;
    /** Bytes per second that the collector sends after the outage at most. */
    sent: number;
    /** Length of the outage. */
    seconds: number;
    /** Seconds until an attempt after the outage succeeds. */
    retrySeconds: number;
}

/** How a queue fills and drains. */
export interface Queued {
    /** The highest number of bytes in the queue. */
    highest: number;
    /** Seconds from the begin of the outage until the queue is full. Undefined if it does not become full. */
    fullAfter: number | undefined;
    /** Bytes that were rejected. Senders keep or drop them. */
    rejected: number;
    /** Seconds from the end of the outage until the queue is empty. Undefined if it never becomes empty. */
    drainedAfter: number | undefined;
}

/** How a queue fills during an outage, and drains after it. All rates are steady. */
export function queueDuring({ capacity, received, sent, seconds, retrySeconds }: Outage): Queued {
    const filling = seconds + retrySeconds;
    const arrived = received * filling;
    const highest = Math.min(arrived, capacity);
    const draining = sent - received;
    return {
        highest,
        fullAfter: arrived > capacity ? capacity / received : undefined,
        rejected: Math.max(0, arrived - capacity),
        drainedAfter: highest === 0 ? 0 : draining > 0 ? retrySeconds + highest / draining : undefined,
    };
}
