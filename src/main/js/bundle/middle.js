})(stomp, {});
const { Client } = stomp;
