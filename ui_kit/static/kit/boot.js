// What the server gave this page: its data, language, surface and addresses.
const element = document.getElementById("boot");

export const boot = element ? JSON.parse(element.textContent) : { locale: "en", surface: "phone" };
