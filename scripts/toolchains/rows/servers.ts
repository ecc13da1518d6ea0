// Databases and servers, and who may become another user.
import type { Row } from "../contract.ts";

const PG = "/usr/lib/postgresql/15/bin";
const POSTGRES = { needs: [`${PG}/initdb`], debian: ["postgresql"] };
/** A cluster in the workspace that talks over a socket in /tmp; what it says of its end goes to the screen. */
const CLUSTER = `${PG}/pg_ctl -D db -o '-k /tmp -c listen_addresses=' -w start >/dev/null && psql -h /tmp -d postgres -c 'select 1'; c=$?; ${PG}/pg_ctl -D db stop; exit $c`;

export const SERVERS: Row[] = [
  {
    id: "T11",
    tool: "PostgreSQL 15 by su, as root: initdb, pg_ctl, psql",
    ...POSTGRES,
    before: "chown postgres ../.. .. . && chmod 755 ../../.. ../.. .. .",
    run: `su postgres -c "${PG}/initdb -D db" && su postgres -c "${CLUSTER.replaceAll("$", "\\$")}"`,
  },
  {
    id: "T11b",
    tool: "PostgreSQL 15 by runuser, as root: initdb",
    ...POSTGRES,
    before: "chown postgres ../.. .. . && chmod 755 ../../.. ../.. .. .",
    run: `runuser -u postgres -- ${PG}/initdb -D db`,
    holds: "test -f db/PG_VERSION",
  },
  {
    id: "T11c",
    tool: "PostgreSQL 15 as user postgres, socket in /tmp",
    ...POSTGRES,
    as: "postgres",
    run: `${PG}/initdb -D db && ${CLUSTER}`,
  },
  {
    id: "T11d",
    tool: "PostgreSQL 15 as user postgres, Debian's socket",
    ...POSTGRES,
    as: "postgres",
    run: `${PG}/initdb -D db && ${PG}/pg_ctl -D db -o '-c listen_addresses=' -w start; c=$?; ${PG}/pg_ctl -D db stop; exit $c`,
    refused: { rule: "writable_roots", grant: "--add-dir /run/postgresql" },
    remedy: { flags: ["--add-dir", "/run/postgresql"] },
  },
  {
    id: "T11e",
    tool: "the same with pg_ctl -l FILE",
    ...POSTGRES,
    as: "postgres",
    run: `${PG}/initdb -D db && ${PG}/pg_ctl -D db -l log -o '-c listen_addresses=' -w start; c=$?; ${PG}/pg_ctl -D db stop; exit $c`,
    refused: { rule: "writable_roots", grant: "--add-dir /run/postgresql" },
    remedy: { flags: ["--add-dir", "/run/postgresql"] },
  },
  {
    id: "T12",
    tool: "redis: TCP, unix socket, bgsave",
    needs: ["redis-server"],
    debian: ["redis-server"],
    run: "redis-server --port 6987 --unixsocket ./s --dir . >/dev/null & for i in $(seq 50); do redis-cli -p 6987 ping 2>/dev/null && break; sleep 0.1; done; redis-cli -s ./s set a b && redis-cli -p 6987 bgsave && sleep 1 && redis-cli -p 6987 shutdown nosave; wait",
    holds: "test -f dump.rdb",
  },
  {
    id: "T19",
    tool: "sudo -n, as root",
    needs: ["sudo"],
    debian: ["sudo"],
    run: "sudo -n -u nobody id -un | grep nobody && sudo -n true",
  },
  {
    id: "T19b",
    tool: "sudo of an ordinary user who may",
    needs: ["sudo"],
    debian: ["sudo"],
    as: "nobody",
    run: "sudo -n true",
    refused: { rule: "no_new_privs", grant: null },
  },
  {
    id: "T49",
    tool: "nginx as root, with workers and paths of its own",
    needs: ["nginx"],
    debian: ["nginx-light"],
    files: {
      "nginx.conf":
        "error_log error.log; pid nginx.pid; events {}\nhttp { access_log off; client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5; server { listen 127.0.0.1:8988; location / { return 200 hello; } } }",
    },
    run: "nginx -p $PWD -c nginx.conf && curl -sf 127.0.0.1:8988 >got; nginx -p $PWD -c nginx.conf -s quit; grep hello got",
  },
  {
    id: "T49b",
    tool: "nginx with Debian's temporary paths",
    needs: ["nginx"],
    debian: ["nginx-light"],
    files: {
      "nginx.conf":
        "error_log stderr; pid nginx.pid; events {}\nhttp { access_log off; client_body_temp_path /var/lib/nginx/moat-body; }",
    },
    run: "nginx -p $PWD -c nginx.conf -t",
    holds: "rmdir /var/lib/nginx/moat-body",
    refused: { rule: "writable_roots", grant: "--add-dir /var/lib/nginx" },
    remedy: { flags: ["--add-dir", "/var/lib/nginx"] },
  },
  {
    id: "T55",
    tool: "mariadbd --user=root, a socket in the workspace",
    needs: ["mariadbd", "mariadb-install-db"],
    debian: ["mariadb-server"],
    run: "mariadb-install-db --no-defaults --user=root --datadir=$PWD/db >/dev/null && { mariadbd --no-defaults --user=root --datadir=$PWD/db --socket=/tmp/moat-m.s --pid-file=$PWD/p --skip-networking & } && for i in $(seq 100); do mariadb-admin --no-defaults -S /tmp/moat-m.s ping 2>/dev/null && break; sleep 0.2; done; mariadb-admin --no-defaults -S /tmp/moat-m.s shutdown; wait",
    holds: "test -d db/mysql",
  },
  {
    id: "E21",
    tool: "timeout of a child of another user, memcached -u",
    run: "timeout 1 setpriv --reuid=65534 --clear-groups sleep 60; test $? = 124",
    light: true,
  },
];
