import streamlit as st
st.title('chart')
