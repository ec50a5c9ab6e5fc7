/*!
 * Belfry's browser client. Apache License 2.0. Described in belfry.d.ts, beside it.
 * Contains @stomp/stompjs, Apache License 2.0.
 */
const stomp = {};
((exports, module) => {
