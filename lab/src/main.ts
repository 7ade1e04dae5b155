import './style.css';
import { mount } from 'svelte';
import { isLab, showsLab } from './lab/is-lab.ts';
import App from './view/App.svelte';

const target = document.getElementById('app');
if (target !== null) {
  if (showsLab) {
    void import('./lab/LabPage.svelte').then(({ default: LabPage }) => mount(LabPage, { target }));
  } else mount(App, { target });
}

// A lab's page is nothing without its server.
if (!isLab && import.meta.env.PROD && globalThis.isSecureContext && 'serviceWorker' in navigator) {
  // Without it the page works as well, only not offline.
  navigator.serviceWorker.register(new URL('service-worker.js', document.baseURI)).catch(() => {});
}
