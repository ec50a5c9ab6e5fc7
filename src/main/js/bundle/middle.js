})(stomp, {});
const { Client, Versions } = stomp;
