import './style.css';
import { mount } from 'svelte';
import App from './view/App.svelte';

const target = document.getElementById('app');
if (target !== null) mount(App, { target });
