export default function Page() {
  return 'isthmus';
}
