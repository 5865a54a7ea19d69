package dev.parley.engine.simulation;

/** What the workers of one history share. */
record Scene(
        World world,
        Plan plan,
        Mutant mutant,
        SimLog log,
        Users users,
        Network network,
        SimArchive archive,
        SimModel model,
        WorkerMonitor monitor) {
    static Scene of(long seed, Mutant mutant) {
        World world = new World(seed);
        Plan plan = Plan.draw(world);
        Truth truth = new Truth();
        SimLog log = new SimLog(world, truth, plan.partitions());
        Users users = new Users(world, log);
        return new Scene(
                world,
                plan,
                mutant,
                log,
                users,
                new Network(world, plan.faults(), mutant),
                new SimArchive(world, truth, log, plan.healthy()),
                new SimModel(world, plan),
                new WorkerMonitor(world, plan, truth, users));
    }

    boolean has(Mutant wanted) {
        return mutant == wanted;
    }
}
