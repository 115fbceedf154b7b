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
      restart_delay: 3000,
      // A setting that cannot be used stays one.
      stop_exit_codes: [2],
      // Only the daemon is asked to stop; it ends its training processes itself.
      treekill: false,
      kill_timeout: 20000,
    },
  ],
}
