#!/bin/bash
# Workers of a sweep as a Slurm array: as many tasks as are free, each with the cores that it asks for.
#
#   npx undertone sweep sweep.yaml --store "$UNDERTONE_STORE" --detach
#   export UNDERTONE_STORE=postgres://lab@db.example.org/undertone   # the password in ~/.pgpass
#   sbatch --array=1-50 examples/cluster/slurm-array.sh
#
# Submit it in the checkout. Tasks end when the work is done; more can join at any time.
#SBATCH --job-name=undertone
#SBATCH --cpus-per-task=4
#SBATCH --mem-per-cpu=1G
#SBATCH --time=24:00:00
# 30 seconds before the time is up the worker gives its runs back; another task goes on with them.
#SBATCH --signal=B:TERM@30
#SBATCH --requeue
#SBATCH --output=undertone-%A-%a.log
#SBATCH --open-mode=append

cd "${SLURM_SUBMIT_DIR:-.}" || exit 1
# The checkout's own Node. `exec`: the signal reaches the worker itself.
export PATH="$PWD/node_modules/.bin:$PATH"
exec node bin/undertone.js worker \
  --store "${UNDERTONE_STORE:?set it to postgres://USER@HOST/DATABASE}" \
  --workers "${SLURM_CPUS_PER_TASK:-1}" \
  --until-empty
