// For pm2, where there is no systemd: `npx pm2 start ecosystem.config.cjs`. Settings come from the environment.
const {join} = require('node:path')

module.exports = {
  apps: [
    {
      name: 'simmer',
      script: join(__dirname, 'bin/simmer.js'),
      args: 'serve',
      cwd: __dirname,
      // One daemon owns the home folder; a second would be refused.
      instances: 1,
      exec_mode: 'fork',
      autorestart: true,
      // Longer after each crash, up to 15 s, until it has run for a while; it never gives up.
      exp_backoff_restart_delay: 1000,
      max_restarts: 1_000_000,
      // A setting that cannot be used stays one.
      stop_exit_codes: [2],
      // Only the daemon is asked to stop; it ends its training processes itself.
      treekill: false,
      kill_timeout: 20000,
    },
  ],
}
