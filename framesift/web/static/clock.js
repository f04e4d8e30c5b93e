/* How long work will still take, by how fast its stage has gone so far. */
const SOON = 2000; // ms of a stage after which its pace says something

/** Returns a function of a job that gives “, about 2 min left”, or nothing while that is not known. */
export function makeClock(now = () => performance.now()) {
  let stage = null;
  let begun = 0;
  let first = 0;
  return (job) => {
    const current = `${job.stage} ${job.total}`;
    if (current !== stage) [stage, begun, first] = [current, now(), job.done];
    const gone = now() - begun;
    const made = job.done - first;
    if (!job.total || made <= 0 || gone < SOON || job.done >= job.total) return "";
    return `, about ${period((gone / made) * (job.total - job.done) / 1000)} left`;
  };
}

function period(seconds) {
  if (seconds < 55) return `${Math.max(5, 5 * Math.round(seconds / 5))} s`;
  if (seconds < 5400) return `${Math.max(1, Math.round(seconds / 60))} min`;
  return `${Math.round(seconds / 3600)} h`;
}
