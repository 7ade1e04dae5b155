import './style.css';
import { mount } from 'svelte';
import App from './view/App.svelte';

const target = document.getElementById('app');
if (target !== null) mount(App, { target });

if (import.meta.env.PROD && globalThis.isSecureContext && 'serviceWorker' in navigator) {
  // Without it the page works as well, only not offline.
  navigator.serviceWorker.register(new URL('service-worker.js', document.baseURI)).catch(() => {});
}
